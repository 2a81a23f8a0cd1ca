// Load by wrk, which costs a fraction of a load in Node: on two cores the proxy is then what limits, not who asks it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start } from './processes.mjs'
import { json } from './requests.mjs'

export const hasWrk = spawnSync('wrk', ['--version']).error === undefined

const scripts = mkdtempSync(join(tmpdir(), 'banyan-wrk-'))
process.on('exit', () => rmSync(scripts, { recursive: true, force: true }))
const paths = { small: '7', post: '7', '64k': '64k', '1m': '1m' }

// What wrk prints for people is rounded; its script gets the numbers themselves, latencies in us.
const script = (kind) => `
wrk.headers["Accept"] = "application/json"
wrk.headers["User-Agent"] = "bench"
${kind === 'post' ? `wrk.method = "POST" wrk.headers["Content-Type"] = "application/json" wrk.body = '${json}'` : ''}
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"seconds":%f,"failed":%d,"p50":%f,"p99":%f}\\n', summary.requests,
    summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
`

/** wrk counts answers of any status as requests. */
function asMeasured({ requests, failed, ...rest }) {
  return { requests: requests - failed, sent: requests, failed, ...rest }
}

/** Loads a port over so many kept connections; resolves with `{ requests, sent, failed, seconds, p50, p99 }`, latencies in ms. */
export function loadByWrk(port, { connections, ms, kind }) {
  const file = join(scripts, `${kind}.lua`)
  writeFileSync(file, script(kind))
  const seconds = Math.max(1, Math.round(ms / 1000))
  const url = `http://127.0.0.1:${port}/api/customers/${paths[kind]}`
  const child = start('load', ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', file, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    child.once('close', () => {
      const result = /^RESULT (.*)$/m.exec(said)?.[1]
      if (result === undefined) reject(new Error(`wrk said no result: ${said}`))
      else resolve(asMeasured(JSON.parse(result)))
    })
  })
}
