/** The functions and classes of an interface, under the names that jco's glue takes them by; see `hostName`. */
export type HostInterface = Readonly<Record<string, unknown>>;

/** What a host gives a component, by the names of the interfaces without their versions. */
export type HostImports = Readonly<Record<string, HostInterface>>;

/**
 * Whether a function of the host may answer a promise, for which the guest is suspended.
 *
 * @param interfaceName with its version, as the component imports it
 */
export type Suspends = (interfaceName: string, functionName: string) => boolean;
