/** The packages that reach blobs. They share them, so one label is one store in both. */
export const blobPackages = {
  'wasi:blobstore': { matches: /^0\.2\.0-draft$/, text: '0.2.0-draft' },
  'wasmcloud:blobstore': { matches: /^0\.1\.0$/, text: '0.1.0' },
};
