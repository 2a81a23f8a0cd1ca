import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { createInterface } from 'node:readline'
import { isJsonObject, parseJson, systemClock } from '@banyan/toolkit/base'
import { mayColour } from './paint.ts'
import { run } from './run.ts'

const maxUnreadLogBytes = 16 * 1024 * 1024

const stopping = new AbortController()
// The first signal asks to stop; the second one ends the process, as the default is.
process.once('SIGINT', () => stopping.abort(new Error('interrupted')))
process.once('SIGTERM', () => stopping.abort(new Error('asked to stop')))
// A reader that has seen enough (`banyan history | head`) is no failure.
process.stdout.on('error', (error) => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1))

process.exitCode =
  (await run(
    process.argv.slice(2),
    {
      out: (text) => void process.stdout.write(`${text}\n`),
      say: (text) => void process.stderr.write(`${text}\n`),
      log: { write: logLine },
      env: process.env,
      cwd: process.cwd(),
      clock: systemClock,
      enter,
      signal: stopping.signal,
      who: `${userName()}@${hostname()}`,
      columns: process.stdout.columns ?? 80,
      colour: mayColour(process.stdout, process.env),
      endWith: (exitCode) => {
        process.exitCode = exitCode
      },
    },
    versionOf(),
  )) ?? process.exitCode

async function enter(): Promise<void> {
  const keyboard = createInterface({ input: process.stdin })
  try {
    await Promise.race([once(keyboard, 'line', { signal: stopping.signal }), once(keyboard, 'close')])
  } finally {
    keyboard.close()
  }
}

function logLine(line: string): void {
  if (process.stdout.writableLength < maxUnreadLogBytes) process.stdout.write(line)
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run as a user id that has no name.
    return String(process.getuid?.() ?? 'unknown')
  }
}

function versionOf(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const parsed = parseJson(text)
  return isJsonObject(parsed) && typeof parsed.version === 'string' ? parsed.version : 'unknown'
}
