import picocolors from 'picocolors'
import type { Shell } from './shell.ts'

/** Colours for standard output: none in a pipe, with NO_COLOR or on a dumb terminal. */
export function paintFor(shell: Pick<Shell, 'colour'>): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(shell.colour)
}

/** Whether a stream may be coloured (https://no-color.org). */
export function mayColour(stream: { readonly isTTY?: boolean }, env: Shell['env']): boolean {
  if ((env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb') return false
  return stream.isTTY === true
}
