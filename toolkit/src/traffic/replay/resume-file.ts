import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { exitCodes, Fault, messageOf, systemCodeOf } from '../../base/index.ts'
import type { Exchange } from '../exchange.ts'

/** Remembers which exchanges of a recording were sent, so that a replay can go on where another one ended. */
export interface ResumeFile {
  /** Whether the exchange that stands at `at`, from 0, was sent by an earlier run. Throws `resume-other-recording` (exit 4). */
  wasSent(at: number, exchange: Exchange): boolean
  /** Notes it at once: what was sent and is not noted would be sent twice. */
  sent(at: number, exchange: Exchange): void
  close(): void
}

const firstLine = 'banyan replay 1'

/**
 * Opens the file, or begins one, readable by its owner only; without a path nothing is remembered. Throws
 * `resume-unreadable` (exit 4) for what is no such file.
 */
export function openResumeFile(path: string | undefined): ResumeFile {
  if (path === undefined) return { wasSent: () => false, sent: () => {}, close: () => {} }
  const before = readSent(path)
  const file = openSync(path, 'a', 0o600)
  // A line that a crash cut is ended, so that it cannot spoil the next one.
  writeSync(file, before === undefined ? `${firstLine}\n` : '\n')
  return {
    wasSent(at, { id }) {
      const known = before?.get(at)
      if (known === undefined || known === markOf(id)) return known !== undefined
      throw new Fault('resume-other-recording', `${path} belongs to another recording`, {
        hint: 'give the recording that the earlier replay was given, or another file to --resume',
        exitCode: exitCodes.invalidConfig,
      })
    },
    sent: (at, { id }) => void writeSync(file, `${at} ${markOf(id)}\n`),
    close: () => closeSync(file),
  }
}

/** Enough of an id to tell two recordings apart, and few enough bytes for a million of them. */
function markOf(id: string): string {
  return JSON.stringify(id).slice(1, -1).replaceAll(' ', '_').slice(-12)
}

function readSent(path: string): ReadonlyMap<number, string> | undefined {
  const text = textOf(path)
  if (text === undefined || text === '') return undefined
  const [first, ...lines] = text.split('\n')
  if (first !== firstLine) throw unreadable(path, 'it is no file of an earlier replay')
  const sent = new Map<number, string>()
  for (const line of lines) {
    const [, at, mark] = /^(\d+) (\S+)$/.exec(line) ?? []
    if (at !== undefined && mark !== undefined) sent.set(Number(at), mark)
  }
  return sent
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return undefined
    throw unreadable(path, messageOf(thrown))
  }
}

function unreadable(path: string, why: string): Fault {
  return new Fault('resume-unreadable', `cannot go on from ${path}: ${why}`, { exitCode: exitCodes.invalidConfig })
}
