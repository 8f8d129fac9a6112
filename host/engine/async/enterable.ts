/** A component instance, as to whether it may be called: not while its code is on the stack. */
export interface Enterable {
  isEntered: boolean;
}
