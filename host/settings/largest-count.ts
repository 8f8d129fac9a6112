/** How many of something a setting may ask for. */
export const largestCount = 999_999_999;
