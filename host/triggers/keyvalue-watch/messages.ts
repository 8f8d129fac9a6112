/** A change as a worker is given it. */
export interface DeliveredChange {
  /** The component that watches. */
  readonly component: string;
  /** The address of the bucket. */
  readonly bucket: string;
  readonly key: string;
  /** What the key holds; undefined where it is gone. */
  readonly value: Uint8Array | undefined;
}
