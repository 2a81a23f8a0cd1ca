/** A name in its two parts. */
export interface NameParts {
  readonly given: string | null
  readonly family: string
}

/**
 * The parts of legacy's `LAST, FIRST`, in the case that people write them: `O'BRIEN, MARY-ANN` is Mary-Ann O'Brien,
 * `McKAY, IAN` is Ian McKay. A name without a comma is a family name alone. Undefined when it is empty.
 */
export function parseLegacyName(text: string): NameParts | undefined {
  if (text.trim() === '') return undefined
  const comma = text.indexOf(', ')
  const family = comma < 0 ? '' : text.slice(0, comma)
  const given = comma < 0 ? '' : text.slice(comma + 2)
  if (family === '' || given === '') return { family: properCase(text), given: null }
  return { family: properCase(family), given: properCase(given) }
}

/** A name as legacy writes it: `LAST, FIRST` in upper case. */
export function formatLegacyName({ given, family }: NameParts): string {
  return (given === null ? family : `${family}, ${given}`).toUpperCase()
}

// A capital stays where a word begins or a small letter stands before it; every other letter becomes small.
function properCase(text: string): string {
  return [...text].map((letter, at, letters) => (beginsWord(letters[at - 1]) ? letter : small(letter))).join('')
}

function beginsWord(before: string | undefined): boolean {
  return before === undefined || !/[\p{L}\p{M}\p{N}]/u.test(before) || /\p{Ll}/u.test(before)
}

// Some capitals, such as the Turkish dotted I, do not come back from their small letter: they stay.
function small(letter: string): string {
  const lower = letter.toLowerCase()
  return lower.toUpperCase() === letter ? lower : letter
}
