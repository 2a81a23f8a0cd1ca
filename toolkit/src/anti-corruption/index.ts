export { type AggregateRows, type ColumnValue, type Row, sameColumn } from './aggregate-rows.ts'
export type { Loss, Translation, TranslationProblem, Translator } from './translator.ts'
