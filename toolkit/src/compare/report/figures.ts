/** A count with its thousands apart: `12 345`. */
export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** A count with its noun: `1 exchange`, `12 345 exchanges`. */
export function countedText(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A share (0 to 1) in percent with two digits that matter, never rounded down to nothing nor up to all: `0.25%`, `<0.01%`. */
export function shareText(share: number): string {
  const percent = share * 100
  if (percent === 0 || percent === 100) return `${percent}%`
  if (percent < 0.01) return '<0.01%'
  if (percent > 99.9) return '>99.9%'
  return `${Number(percent.toPrecision(2 + (percent >= 10 ? 1 : 0)))}%`
}

/** An upper bound in percent, rounded up: what is said to be at most so much is never more. */
export function atMostText(share: number): string {
  const percent = Number((share * 100).toPrecision(12))
  if (percent <= 0 || percent >= 100) return `${Math.min(100, percent)}%`
  const digits = Math.max(0, (percent >= 10 ? 2 : 1) - Math.floor(Math.log10(percent)))
  return `${Number((Math.ceil(Number((percent * 10 ** digits).toPrecision(12))) / 10 ** digits).toPrecision(12))}%`
}

/** A duration with its unit, exact enough to compare two: `0.42 ms`, `18 ms`, `1.24 s`, `2 min 5 s`. */
export function tookText(ms: number): string {
  if (ms < 1) return `${Number(ms.toFixed(2))} ms`
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${Number((ms / 1000).toPrecision(3))} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** An ISO instant as people read it: `2026-11-21 14:02:07 UTC`. */
export function instantText(instant: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(instant) ? `${instant.slice(0, 19).replace('T', ' ')} UTC` : instant
}
