/**
 * The largest share that is still believable after `hits` of `samples`: the one-sided upper limit at `confidence`, exact
 * for a binomial count (Clopper and Pearson, Biometrika 26, 1934). Undefined without samples.
 */
export function upperLimit(hits: number, samples: number, confidence = 0.95): number | undefined {
  if (samples <= 0) return undefined
  if (hits >= samples) return 1
  if (hits === 0) return 1 - (1 - confidence) ** (1 / samples)
  return bisect((share) => regularizedBeta(share, hits + 1, samples - hits) < confidence)
}

/** How many samples without a hit show that the share is at most `share`, at `confidence`: 0.001 needs 2 995. */
export function cleanNeeded(share: number, confidence = 0.95): number | undefined {
  if (!(share > 0)) return undefined
  // The grace keeps 1 - 0.05^(1/n) itself at n.
  return share >= 1 ? 1 : Math.max(1, Math.ceil(Math.log(1 - confidence) / Math.log1p(-share) - 1e-9))
}

/** How likely `hits` or more of `samples` are, when each hits with the probability `share`. */
export function tailProbability(hits: number, samples: number, share: number): number {
  if (hits <= 0) return 1
  return hits > samples ? 0 : regularizedBeta(share, hits, samples - hits + 1)
}

function bisect(isBelow: (share: number) => boolean): number {
  let low = 0
  let high = 1
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (isBelow(middle)) low = middle
    else high = middle
  }
  return high
}

/** I_x(a, b) by its continued fraction (Numerical Recipes, 3rd edition, section 6.4). */
function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a
  return 1 - (front * betaFraction(1 - x, b, a)) / b
}

/** Lentz's method; needs about sqrt(max(a, b)) rounds. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let round = 1; round <= 100_000; round++) {
    const even = (round * (b - round) * x) / ((a + 2 * round - 1) * (a + 2 * round))
    d = 1 / awayFromZero(1 + even * d)
    c = awayFromZero(1 + even / c)
    value *= d * c
    const odd = (-(a + round) * (a + b + round) * x) / ((a + 2 * round) * (a + 2 * round + 1))
    d = 1 / awayFromZero(1 + odd * d)
    c = awayFromZero(1 + odd / c)
    value *= d * c
    if (Math.abs(d * c - 1) < 1e-14) break
  }
  return value
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value
}

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
] as const

/** Lanczos' approximation (SIAM J. Numer. Anal. 1, 1964), for arguments from 1 on, to 15 digits. */
function logGamma(argument: number): number {
  const x = argument - 1
  let sum = 0.9999999999998099
  for (const [index, factor] of lanczos.entries()) sum += factor / (x + index + 1)
  const t = x + lanczos.length - 0.5
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum)
}
