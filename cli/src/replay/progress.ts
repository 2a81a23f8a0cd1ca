import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { countText } from '@banyan/toolkit/compare'
import type { ReplayProgress } from '@banyan/toolkit/traffic'
import type { Shell } from '../shell.ts'

/** Tells how far a replay is. */
export interface ProgressTeller {
  told(progress: ReplayProgress): void
  end(): void
}

const terminalEveryMs = 100
const lineEveryMs = 10_000

/**
 * On a terminal a bar that grows (where it is known how much there is), elsewhere a plain line every ten seconds, and none
 * for what is done sooner.
 */
export function tellProgress(shell: Shell, file: string): ProgressTeller {
  const { clock, progress: paint } = shell
  let total: number | undefined
  if (paint !== undefined) void countLines(file, shell.signal).then((lines) => (total = lines))
  let nextAt = clock.monotonic() + (paint === undefined ? lineEveryMs : 0)
  return {
    told(progress) {
      const now = clock.monotonic()
      if (now < nextAt) return
      nextAt = now + (paint === undefined ? lineEveryMs : terminalEveryMs)
      if (paint === undefined) shell.say(lineOf(progress))
      else paint(total === undefined ? lineOf(progress) : barLine(progress, total, shell.messageColumns ?? 80))
    },
    end: () => paint?.(''),
  }
}

function lineOf({ exchanges, sent, mismatched }: ReplayProgress): string {
  return `${countText(exchanges)} exchanges read, ${countText(sent)} sent, ${countText(mismatched)} mismatched`
}

/** `██████████░░░░░  63%  9 412 of 15 000, 31 mismatched` */
export function barLine({ exchanges, mismatched }: ReplayProgress, total: number, columns: number): string {
  const share = total === 0 ? 1 : Math.min(1, exchanges / total)
  const figures = `  ${String(Math.floor(share * 100)).padStart(3)}%  ${countText(exchanges)} of ${countText(total)}, ${countText(mismatched)} mismatched`
  const width = Math.max(0, Math.min(30, columns - figures.length - 1))
  const full = Math.round(share * width)
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}${figures}`
}

/** Longer than the last line of a recording, which tells how many exchanges there are. */
const tailBytes = 512

/** The exchanges of a recording of one file: its lines without its first and last; undefined where that cannot be told. */
async function countLines(file: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    let lines = 0
    let tail = ''
    for await (const chunk of await opened(file, signal)) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1
      tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - tailBytes))).slice(-tailBytes)
    }
    const hasEnd = /\n\{"end":true[^\n]*\n?$/.test(tail)
    return Math.max(0, lines - (hasEnd ? 2 : 1))
  } catch {
    // A folder, or a file that cannot be read: whoever reads the recording says so.
    return undefined
  }
}

async function opened(file: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
  const stream = createReadStream(file, { signal })
  return file.endsWith('.gz') ? stream.pipe(createGunzip()) : stream
}
