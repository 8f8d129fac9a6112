-- Sends one request over and over, and prints what it came to as one line of JSON.

wrk.method = os.getenv("LOAD_METHOD")
local file = os.getenv("LOAD_BODY_FILE")
if file then
  wrk.body = io.open(file, "rb"):read("*a")
  wrk.headers["content-type"] = "application/json"
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"median":%d,"p99":%d,"errors":%d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
