/** A component instance, as to whether its code may call out: not while it allocates or cleans up for others. */
export interface Leaving {
  mayLeave: boolean;
}
