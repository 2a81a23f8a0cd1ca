import { parseArgs } from 'node:util'
import { demoApiKeys } from '../src/seed/api-keys.ts'
import { buildShoppers, type ShoppersOptions } from './shoppers.ts'
import type { ShoppersSummary } from './tally.ts'

// Lets shoppers loose on a shop: npm run shoppers -- --url http://127.0.0.1:8080 --rate 50 --for 30s --seed 1
const usage = 'usage: npm run shoppers -- [--url http://127.0.0.1:8080] [--rate 50] [--for 30s] [--seed 1] [--json]'
const values = readArguments()
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

if (typeof values === 'string') refuse(values)
else if (values.help) console.log(usage)
else {
  const options = optionsFrom(values)
  if (typeof options === 'string') refuse(options)
  else await run(options, values.json)
}

function refuse(why: string): void {
  console.error(`${why}\n${usage}`)
  process.exitCode = 64
}

/** The options, or what is wrong with what was typed. */
function readArguments() {
  try {
    return parseArgs({
      options: {
        url: { type: 'string', default: 'http://127.0.0.1:8080' },
        rate: { type: 'string', default: '50' },
        for: { type: 'string' },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function optionsFrom(values: Exclude<ReturnType<typeof readArguments>, string>): ShoppersOptions | string {
  const ratePerSecond = Number(values.rate)
  const durationMs = values.for === undefined ? undefined : millisecondsOf(values.for)
  const seed = Number(values.seed)
  if (!(ratePerSecond > 0 && ratePerSecond <= 10_000))
    return `--rate ${values.rate} is not a number of requests per second, up to 10000`
  if (values.for !== undefined && durationMs === undefined)
    return `--for ${values.for} is not a duration such as 500ms, 30s, 5m`
  if (!Number.isInteger(seed)) return `--seed ${values.seed} is not a whole number`
  if (!URL.canParse(values.url)) return `--url ${values.url} is not a URL`
  const onProgress = process.stderr.isTTY ? showProgress : undefined
  return {
    url: values.url,
    ratePerSecond,
    durationMs,
    seed,
    apiKeys: demoApiKeys().map(({ key }) => key),
    signal: stop.signal,
    ...(onProgress && { onProgress }),
  }
}

function millisecondsOf(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[parts?.[2] ?? '']
  return parts && unit !== undefined ? Number(parts[1]) * unit : undefined
}

async function run(run: ShoppersOptions, json: boolean): Promise<void> {
  try {
    const summary = await buildShoppers(run)
    console.log(json ? JSON.stringify({ formatVersion: 1, ...summary }) : inWords(summary))
    process.exitCode = summary.failed > 0 ? 1 : 0
  } catch (error) {
    console.error(`no shop at ${run.url}: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 5
  }
}

function showProgress(soFar: ShoppersSummary): void {
  process.stderr.write(`\r${soFar.requests} requests, ${soFar.failed} failed, p99 ${soFar.p99Ms} ms   `)
}

function inWords(summary: ShoppersSummary): string {
  const perSecond = (summary.requests * 1000) / Math.max(1, summary.tookMs)
  const codes = Object.entries(summary.statusCodes).map(([code, count]) => `${code}: ${count}`)
  return [
    `requests ${summary.requests} (${perSecond.toFixed(1)}/s)   failed ${summary.failed}   skipped ${summary.skipped}`,
    `status   ${codes.join('  ')}   refused politely: ${summary.refused}`,
    `latency  p50 ${summary.p50Ms} ms   p99 ${summary.p99Ms} ms`,
    ...summary.failures.map((failure) => `failed   ${failure}`),
  ].join('\n')
}
