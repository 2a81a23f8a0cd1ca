/** A text that names one request of an episode and is not made by chance: `m7q55433`. */
export function markOf(number: number): string {
  return `m${number}q${check(number)}`
}

/** All marks in a text, as numbers. */
export function marksIn(text: string): readonly number[] {
  return [...text.matchAll(/m(\d{1,9})q(\d{1,9})/g)]
    .filter(([, number, digits]) => Number(digits) === check(Number(number)))
    .map(([, number]) => Number(number))
}

function check(number: number): number {
  return (Math.imul(number + 1, 7919) >>> 0) % 99_991
}
