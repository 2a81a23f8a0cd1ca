/** A name that people made of words: `summer-sale-2026`, `in_progress_2`. */
const ofWords = /^[A-Za-z]{2,}(?:[-_.][A-Za-z]{1,30}|[-_.]\d{1,6})+$/
const keyLike = /^(?=[^A-Za-z]*[A-Za-z])(?=\D*\d)[\w~+/=.:-]{12,}$/

/** Whether a value may be a key or a state that was drawn: 12 characters or more, letters and digits, and no name of words. */
export function isRandomLike(value: string): boolean {
  return value.length <= 4096 && keyLike.test(value) && !ofWords.test(value)
}
