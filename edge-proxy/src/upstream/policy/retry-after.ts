/**
 * The milliseconds that a `Retry-After` asks to wait: a number of seconds, or a date (RFC 9110, section 10.2.3), which is
 * compared with `now`, in ms since 1970. Undefined for what is neither: negative numbers, fractions, nonsense.
 */
export function retryAfterMs(value: string, now: number): number | undefined {
  if (/^\d{1,10}$/.test(value)) return Number(value) * 1000
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
