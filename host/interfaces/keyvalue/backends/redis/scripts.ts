import { createHash } from 'node:crypto';

/** A Lua script as the server knows it. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** How much the clock of a host may be behind the server's, in milliseconds, before a write with a time to live is refused. */
export const clockTolerance = 60_000;

/**
 * What all scripts share. KEYS: the value, its mark and, where ends may count, the record of its own end. ARGV[1] is the host's
 * time, or '' where the server's counts, and ARGV[2] the bucket's time to live, both in milliseconds; '0' lives for ever.
 *
 * A value that is to expire has its last moment as Redis' own expiry. By the server's time that is the very moment, so that plain
 * commands find a key as long as it is there. By the hosts' clocks the tolerance is added: exact on read, and Redis frees the space
 * a little later. A value without one in a bucket with a time to live, such as one that wash wrote, begins its time when it is first
 * read.
 *
 * The record says when a key ends by itself, and which expiry it was written with: it is of no other value that somebody puts in its
 * place.
 */
const shared = `
local ttl, tolerance, isServers = tonumber(ARGV[2]), ${clockTolerance}, ARGV[1] == ''
local function serverTime()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function now()
  return isServers and serverTime() or tonumber(ARGV[1])
end
local function ownEnd(last)
  local own, of = string.match(redis.call('GET', KEYS[3]) or '', '^(%d+) (%d+)$')
  if of and tonumber(of) == last then return tonumber(own) end
end
local function isLive()
  local last = redis.call('PEXPIRETIME', KEYS[1])
  if last == -2 then return false end
  if last == -1 then
    if ttl > 0 then redis.call('PEXPIREAT', KEYS[1], now() + ttl + tolerance) end
    return true
  end
  local own = ownEnd(last)
  if own == last or not own and ttl == 0 then return now() < last end
  return now() < last - tolerance
end
local function live()
  if not isServers and not isLive() then return false end
  return redis.call('GET', KEYS[1])
end
local function refused(life)
  if isServers or ttl == 0 and not life then return nil end
  local behind = serverTime() - now()
  if behind < tolerance then return nil end
  return redis.error_reply('CLOCK the clock of this host is ' .. math.floor(behind / 1000) .. ' s behind the clock of the server, too much for a time to live; nothing was changed')
end
local function newEnd(life)
  return life and now() + tonumber(life)
end
local function keptEnd()
  return not isServers and ownEnd(redis.call('PEXPIRETIME', KEYS[1])) or nil
end
local function written(own)
  redis.call('DEL', KEYS[2])
  if not KEYS[3] then return end
  redis.call('DEL', KEYS[3])
  local last = ttl > 0 and now() + ttl + tolerance or nil
  if own then
    local ownLast = isServers and own or own + tolerance
    last = last and math.min(last, ownLast) or ownLast
    redis.call('SET', KEYS[3], string.format('%.0f %.0f', own, last))
    redis.call('PEXPIREAT', KEYS[3], last)
  end
  if last then redis.call('PEXPIREAT', KEYS[1], last) end
end
local function replace(value, life)
  local own = newEnd(life) or keptEnd()
  if isServers and not own and redis.call('PTTL', KEYS[1]) > 0 then
    redis.call('SET', KEYS[1], value, 'KEEPTTL')
  else
    redis.call('SET', KEYS[1], value)
  end
  written(own)
end
`;

function script(body: string, start = shared): Script {
  const source = start + body;
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

/** Answers the value. */
export const readScript = script(`return live()`);

/** Answers 1 for a key that is there, where ends count by the host's time. */
export const existsScript = script(`return isLive() and 1 or 0`);

/** Answers what is left of a key's own time, where ends count by the host's time; nothing where it has none. */
export const timeLeftScript = script(`
if not isLive() then return false end
local last = redis.call('PEXPIRETIME', KEYS[1])
local own = ownEnd(last) or ttl == 0 and last > 0 and last
return own and own - now()
`);

/** Sets the value ARGV[1], which has no end; nothing else is there to be known. */
export const setScript = script(
  `
redis.call('SET', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
return 1
`,
  '',
);

/** Sets the value ARGV[3], which ends in ARGV[4] milliseconds where that is given. */
export const writeScript = script(`
local no = refused(ARGV[4])
if no then return no end
redis.call('SET', KEYS[1], ARGV[3])
written(newEnd(ARGV[4]))
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
local own = keptEnd()
redis.call('INCRBY', KEYS[1], ARGV[3])
written(own)
return redis.call('GET', KEYS[1])
`);

/** Sets the value ARGV[3] if the value is ARGV[4], or if there is none and no ARGV[4]. */
export const replaceScript = script(`
local no = refused()
if no then return no end
local value = live()
if value ~= (ARGV[4] or false) then return 0 end
if not value then redis.call('DEL', KEYS[1]) end
replace(ARGV[3])
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

/**
 * Sets the value ARGV[3] if the mark is ARGV[4] and the value has the SHA-1 ARGV[5], '' for no value; it ends in ARGV[6]
 * milliseconds where that is given.
 */
export const swapScript = script(`
local no = refused(ARGV[6])
if no then return no end
if redis.call('GET', KEYS[2]) ~= ARGV[4] then return 0 end
local value = live()
if (value and redis.sha1hex(value) or '') ~= ARGV[5] then return 0 end
if not value then redis.call('DEL', KEYS[1]) end
replace(ARGV[3], ARGV[6])
return 1
`);
