import type { RecordingStatus } from '@banyan/edge-proxy/admin-api'
import { formatCount } from '@banyan/toolkit/plan'
import { near } from '../near.ts'
import { paintFor } from '../paint.ts'
import type { Shell } from '../shell.ts'

/** What is always recorded, for people: of whom, how much, where, and what is wrong. */
export function standingText(recording: RecordingStatus, shell: Shell): string {
  const { folder, percent, exchanges, dropped, bytes, keepBytes, trouble } = recording
  const left = dropped === 0 ? '' : `, ${formatCount(dropped)} left out`
  const where = `${sizeText(bytes)} of at most ${sizeText(keepBytes)} in ${near(folder, shell.cwd)}`
  const stored = `${formatCount(exchanges)} ${exchanges === 1 ? 'exchange' : 'exchanges'}${left}`
  const line = `recording ${percent}% of callers: ${stored}; ${where}`
  return trouble === undefined ? line : `${line}\n  ${paintFor(shell).red(`nothing is stored: ${trouble}`)}`
}

const units = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const

function sizeText(bytes: number): string {
  const [unit, size] = units.find(([, size]) => bytes >= size) ?? ['B', 1]
  const value = bytes / size
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`
}
