import { formatProgress, type Progress } from '@banyan/toolkit/data-sync'
import type { Shell } from './shell.ts'

const betweenLinesMs = 1000

/** Says where a sync stands: a line where something changed; not the same line twice a second. */
export function sayProgress(shell: Shell): (progress: Progress) => void {
  let last = ''
  return (progress) => {
    const line = formatProgress(progress)
    if (line !== last) shell.say(line)
    last = line
  }
}

/** Says where long work stands, at most once a second. */
export function sayNowAndThen({ clock, say }: Pick<Shell, 'clock' | 'say'>): (text: string) => void {
  let next = clock.monotonic() + betweenLinesMs
  return (text) => {
    if (clock.monotonic() < next) return
    next = clock.monotonic() + betweenLinesMs
    say(text)
  }
}
