/** Factors by which units differ: cents, thousandths, seconds to minutes and hours, milliseconds to days. */
const factors = [100, 1000, 10, 60, 3600, 1_000_000, 86_400] as const
const mostDecimals = 4

/** What the service may have done to a number, in words: `times-100`, `rounded-2`, `off-by-one`. */
export function numberPatterns(legacy: number, service: number): string[] {
  if (!Number.isFinite(legacy) || !Number.isFinite(service)) return []
  const found: string[] = []
  for (const factor of factors) {
    if (near(service, legacy * factor)) found.push(`times-${factor}`)
    if (near(legacy, service * factor)) found.push(`divided-by-${factor}`)
  }
  if (legacy !== 0 && near(legacy, -service)) found.push('negated')
  if (service === 0) found.push('zero')
  return [...found, ...roundings(legacy, service), ...offsets(legacy, service)]
}

function roundings(legacy: number, service: number): string[] {
  const found: string[] = []
  for (let decimals = decimalsOf(service); decimals < Math.min(decimalsOf(legacy), mostDecimals + 1); decimals++) {
    const unit = 10 ** decimals
    if (near(service, Math.round(legacy * unit) / unit)) found.push(`rounded-${decimals}`)
    if (near(service, Math.trunc(Number((legacy * unit).toPrecision(14))) / unit)) found.push(`truncated-${decimals}`)
    if (near(service, Math.ceil(Number((legacy * unit).toPrecision(14))) / unit)) found.push(`rounded-up-${decimals}`)
  }
  return found
}

/** The last digit that both show: another way of rounding, where there are decimals. */
function offsets(legacy: number, service: number): string[] {
  const apart = Math.abs(service - legacy)
  const decimals = Math.max(decimalsOf(legacy), decimalsOf(service))
  if (decimals === 0) return apart === 1 ? ['off-by-one'] : []
  return near(apart, 10 ** -decimals) ? ['last-digit'] : []
}

function decimalsOf(value: number): number {
  const [, fraction = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? []
  return Math.max(0, fraction.length - Number(exponent))
}

/** Equal but for what a double cannot hold: 19.99 * 100 is not 1999; zero is a multiple of nothing. */
function near(a: number, b: number): boolean {
  return a !== 0 && b !== 0 && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
}
