import * as figures from '../figures.ts'

/** A count with its thousands apart, which a line never breaks between. */
export function countText(count: number): string {
  return unbroken(figures.countText(count))
}

/** A count with its noun; its thousands stay together. */
export function countedText(count: number, noun: string): string {
  return unbroken(figures.countedText(count, noun))
}

function unbroken(text: string): string {
  return text.replaceAll(/(?<=\d) (?=\d{3})/g, '\u00a0')
}
