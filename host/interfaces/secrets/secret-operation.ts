/** What a component did with a secret. */
export interface SecretOperation {
  readonly op: 'get' | 'reveal';
  /** Its name. */
  readonly secret: string;
  /** Of `get`: whether the component is given one of that name. */
  readonly hit?: boolean | undefined;
}
