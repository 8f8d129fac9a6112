/** What `kvasi new` writes projects in. */
export const languages = ['rust', 'typescript', 'python'] as const;
export type Language = (typeof languages)[number];

/** The versions of WASI that it writes them for. */
export const wasiVersions = ['0.2', '0.3'] as const;
export type WasiVersion = (typeof wasiVersions)[number];
