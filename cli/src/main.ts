import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { createInterface } from 'node:readline'
import { type OpenLogDestination, openLogDestination } from '@banyan/edge-proxy/log-destination'
import { exitCodes, isJsonObject, parseJson, systemClock } from '@banyan/toolkit/base'
import { mayColour } from './paint.ts'
import { run } from './run.ts'
import { visible } from './visible.ts'
import { wrap } from './wrap.ts'

const sameSignalMs = 500

const stopping = new AbortController()
let askedAt = 0
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => askToStop(name))
// A reader that has seen enough (`banyan history | head`) is no failure.
process.stdout.on('error', (error) => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1))
// Nor is one of the messages: an edge whose terminal is gone goes on, and drains.
process.stderr.on('error', () => undefined)

const log = logDestination()

process.exitCode =
  (await run(
    process.argv.slice(2),
    {
      out: (text) => void process.stdout.write(`${visible(text)}\n`),
      say: (text) => void process.stderr.write(`${wrapped(visible(text))}\n`),
      log,
      env: process.env,
      cwd: process.cwd(),
      clock: systemClock,
      enter,
      ask,
      signal: stopping.signal,
      who: `${userName()}@${hostname()}`,
      columns: process.stdout.columns || Number(process.env.COLUMNS) || 80,
      messageColumns: process.stderr.isTTY ? process.stderr.columns || 80 : undefined,
      progress: mayRedraw() ? (line) => void process.stderr.write(`\r\u001b[2K${line}`) : undefined,
      isTerminal: process.stdout.isTTY === true,
      colour: mayColour(process.stdout, process.env),
      endWith: (exitCode) => {
        process.exitCode = exitCode
      },
    },
    versionOf(),
  )) ?? process.exitCode
await log.flush()

/** A terminal would break a long message within a word; a log keeps it in one line. */
function wrapped(text: string): string {
  return process.stderr.isTTY === true ? wrap(text, process.stderr.columns || 80) : text
}

/** Only on a terminal that can: a log of a CI system would keep every bar. */
function mayRedraw(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== 'dumb' && (process.env.CI ?? '') === ''
}

/**
 * The first signal asks to stop, a second one ends the process. What follows at once is the same Ctrl-C: the terminal
 * sends it to every process of the group, and one that started this process may pass it on as well.
 */
function askToStop(name: string): void {
  const now = performance.now()
  if (stopping.signal.aborted && now - askedAt > sameSignalMs) process.exit(exitCodes.interrupted)
  if (!stopping.signal.aborted) askedAt = now
  stopping.abort(new Error(`stopped by ${name}`))
}

async function enter(): Promise<void> {
  const keyboard = createInterface({ input: process.stdin })
  try {
    await Promise.race([once(keyboard, 'line', { signal: stopping.signal }), once(keyboard, 'close')])
  } finally {
    keyboard.close()
  }
}

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined
  const keyboard = createInterface({ input: process.stdin, output: process.stderr })
  try {
    // In a terminal the keyboard is raw, so that Ctrl-C is a key and no signal.
    keyboard.on('SIGINT', () => askToStop('SIGINT'))
    return await new Promise((resolve, reject) => {
      stopping.signal.addEventListener('abort', () => reject(stopping.signal.reason))
      keyboard.on('close', () => resolve(undefined))
      keyboard.question(question, resolve)
    })
  } finally {
    keyboard.close()
  }
}

/** Only a verb that logs opens it. */
function logDestination(): OpenLogDestination {
  let opened: OpenLogDestination | undefined
  const open = () => {
    opened ??= openLogDestination(process.stdout.fd)
    return opened
  }
  return {
    write: (line) => open().write(line),
    lost: () => opened?.lost() ?? 0,
    flush: async () => await opened?.flush(),
  }
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
