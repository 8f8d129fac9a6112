import { type Advice, commonAdvice } from '../server-advice.ts';

/** What messages of Redis mean. */
export const redisAdvice: Advice = [
  [/^NOAUTH/, 'it wants a password: write redis://user:password@host, or redis://:password@host'],
  [/^WRONGPASS|^ERR (invalid password|.*AUTH)/, 'the user or the password in the URL is wrong'],
  [/^READONLY/, 'it is a replica, which takes no writes: name its master'],
  [/^(MOVED|ASK) /, 'it is one node of a cluster: add ?cluster=true to the URL'],
  [/^CLUSTERDOWN/, 'its cluster is not complete; where you want none, name another server'],
  [/cluster support disabled/, 'it is no cluster: leave ?cluster=true out of the URL'],
  [/^OOM/, 'its memory is full: raise its maxmemory, or remove keys'],
  [/^MISCONF/, 'it can not write to its disk: look at its log'],
  [/^LOADING/, 'it is still reading its data: try again'],
  [/^BUSY/, 'a script of somebody else keeps it busy: try again'],
  [/^(MASTERDOWN|NOREPLICAS)/, 'it has lost the servers that it replicates with'],
  [
    /^no connection after/,
    'is the address right, does the server run, and does it speak TLS (rediss://) or not (redis://)?',
  ],
  [/DB index is out of range/, 'it has no database of that number: change the path of the URL'],
  [
    /RESP type|Protocol error|state error|Maximum call stack|Invalid array length/,
    'what answers there does not speak the protocol of Redis: is the port right?',
  ],
  [
    /wrong version number|EPROTO|packet length/,
    'it does not speak TLS: write redis:// in place of rediss://',
  ],
  ...commonAdvice,
];
