import { createHash } from 'node:crypto';

/** A Lua script as the server knows it. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** How much the clock of a host may be behind the server's, in milliseconds, before a write with a time to live is refused. */
export const clockTolerance = 60_000;

/**
 * What all scripts share. KEYS: the value and its mark. ARGV[1] is the host's time and ARGV[2] the time to
 * live, both in milliseconds; '0' lives for ever.
 *
 * A value that is to expire has its last moment, by the hosts' clocks and plus the tolerance, as Redis' own
 * expiry: exact on read, and Redis frees the space a little later. A value without one in a bucket with a
 * time to live, such as one that wash wrote, begins its time when it is first read.
 */
const shared = `
local now, ttl, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2]), ${clockTolerance}
local function isLive()
  local last = redis.call('PEXPIRETIME', KEYS[1])
  if last == -1 then redis.call('PEXPIREAT', KEYS[1], now + ttl + tolerance) end
  return last == -1 or last ~= -2 and now < last - tolerance
end
local function live()
  if ttl > 0 and not isLive() then return false end
  return redis.call('GET', KEYS[1])
end
local function refused()
  if ttl == 0 then return nil end
  local time = redis.call('TIME')
  local behind = time[1] * 1000 + math.floor(time[2] / 1000) - now
  if behind < tolerance then return nil end
  return redis.error_reply('CLOCK the clock of this host is ' .. math.floor(behind / 1000) .. ' s behind the clock of the server, too much for a time to live; nothing was changed')
end
local function written()
  redis.call('DEL', KEYS[2])
  if ttl > 0 then redis.call('PEXPIREAT', KEYS[1], now + ttl + tolerance) end
end
`;

function script(body: string): Script {
  const source = shared + body;
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

/** Answers the value. */
export const readScript = script(`return live()`);

/** Answers 1 for a key that is there, in a bucket with a time to live. */
export const existsScript = script(`return isLive() and 1 or 0`);

/** Sets the value ARGV[3]. */
export const writeScript = script(`
local no = refused()
if no then return no end
redis.call('SET', KEYS[1], ARGV[3])
written()
return 1
`);

/**
 * Adds ARGV[3], at most 2^62 either way, to a decimal of at most 18 digits. Answers the sum, or nothing where
 * the value is something else or (ARGV[4] is 'u64') negative, and the host must do it.
 */
export const addScript = script(`
local no = refused()
if no then return no end
local value = live()
if value then
  if value ~= '0' and (#value > 18 or not string.find(value, '^%-?[1-9]%d*$')) then return false end
  if ARGV[4] == 'u64' and string.sub(value, 1, 1) == '-' then return false end
else
  redis.call('DEL', KEYS[1])
end
redis.call('INCRBY', KEYS[1], ARGV[3])
written()
return redis.call('GET', KEYS[1])
`);

/** Sets the value ARGV[3] if the value is ARGV[4], or if there is none and no ARGV[4]. */
export const replaceScript = script(`
local no = refused()
if no then return no end
if live() ~= (ARGV[4] or false) then return 0 end
redis.call('SET', KEYS[1], ARGV[3])
written()
return 1
`);

/**
 * Answers the value and its mark. A key without a mark gets ARGV[3], which nobody used before, for ARGV[4]
 * milliseconds; every write of ours removes the mark.
 */
export const versionScript = script(`
local value = live()
local mark = redis.call('GET', KEYS[2])
if not mark then
  mark = ARGV[3]
  redis.call('SET', KEYS[2], mark, 'PX', ARGV[4])
end
return {value, mark}
`);

/** Sets the value ARGV[3] if the mark is ARGV[4] and the value has the SHA-1 ARGV[5], '' for no value. */
export const swapScript = script(`
local no = refused()
if no then return no end
if redis.call('GET', KEYS[2]) ~= ARGV[4] then return 0 end
local value = live()
if (value and redis.sha1hex(value) or '') ~= ARGV[5] then return 0 end
redis.call('SET', KEYS[1], ARGV[3])
written()
return 1
`);
