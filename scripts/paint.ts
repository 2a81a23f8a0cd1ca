/** Colours of the scripts: on a terminal only, and not with NO_COLOR (https://no-color.org). */
export interface Paint {
  good(text: string): string
  bad(text: string): string
  dim(text: string): string
}

/** Whether a stream is a terminal that may be coloured and rewritten. */
export function isLive(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
}

export function paintFor(live: boolean): Paint {
  const painted = (code: number) => (text: string) => (live ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { good: painted(32), bad: painted(31), dim: painted(2) }
}
