export type { Loss, Translation, TranslationProblem, Translator } from './translator.ts'
