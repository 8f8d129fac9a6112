/** The packages that reach buckets. They share them, so one label is one store in both. */
export const keyvaluePackages = {
  'wasi:keyvalue': { matches: /^0\.2\.0-draft2?$/, text: '0.2.0-draft and 0.2.0-draft2' },
  'wasmcloud:keyvalue': { matches: /^0\.2\.0$/, text: '0.2.0' },
};
