/**
 * The base of resources that no guest ever gets, because whatever makes one is denied. Their methods can't be
 * reached, so they have none.
 */
export abstract class Unconstructible {}
