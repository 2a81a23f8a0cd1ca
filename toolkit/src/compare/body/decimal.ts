/** Whether a double holds exactly the number that a JSON literal says. */
export function fitsDouble(literal: string): boolean {
  if (literal.length <= 15 && !/[eE]/.test(literal)) return true
  return canonicalDecimal(String(Number(literal))) === canonicalDecimal(literal)
}

/** One text for all ways to write a decimal number: `12.50`, `1.25e1` and `125e-1` give `125e-1`. */
export function canonicalDecimal(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? []
  if (whole === '') return literal
  const digits = withoutLeadingZeros(`${whole}${fraction}`)
  const significant = withoutTrailingZeros(digits)
  if (significant === '') return '0'
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)
  return `${sign}${significant}${power === 0n ? '' : `e${power}`}`
}

function withoutLeadingZeros(digits: string): string {
  return digits.replace(/^0+/, '')
}

/** A loop, for `/0+$/` is quadratic on a body full of zeros. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end -= 1
  return digits.slice(0, end)
}
