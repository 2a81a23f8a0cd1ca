import type { Explanation } from './explanation.ts'

/** Of texts that both arms give. */
export const textExplanations: readonly Explanation[] = [
  {
    prefix: 'upper-case',
    cause: 'The service gives {field} in upper case (case): it is normalised on one of the arms.',
    change: 'keep the case of {field}',
  },
  {
    prefix: 'lower-case',
    cause: 'The service gives {field} in lower case (case): it is normalised on one of the arms.',
    change: 'keep the case of {field}',
  },
  {
    prefix: 'case',
    cause: 'The service gives {field} in another case (case): it is normalised on one of the arms.',
    change: 'keep the case of {field}',
  },
  {
    prefix: 'trimmed',
    cause: 'The service trims {field}: the white space that legacy keeps at its ends is gone.',
    change: 'keep the white space of {field}',
  },
  {
    prefix: 'padded',
    cause: 'The service pads {field} with white space: a column of fixed length, or a trim that legacy does.',
    change: 'trim {field}',
  },
  {
    prefix: 'white-space',
    cause: 'Only the white space of {field} differs.',
    change: 'keep the white space of {field}',
  },
  {
    prefix: 'cut-to-',
    cause: 'The service cuts {field} off at a length of {detail} (truncation): a column or a page that is too short.',
    change: 'keep the whole {field}: it needs more than {detail}',
  },
  {
    prefix: 'cut',
    cause: 'The service cuts {field} off (truncation): it holds only the beginning.',
    change: 'keep the whole {field}',
  },
  {
    prefix: 'prefix-lost',
    cause: 'The service leaves the beginning of {field} out{quoted}.',
    change: 'put it before {field}',
  },
  {
    prefix: 'prefix-added',
    cause: 'The service puts something before {field}{quoted}.',
    change: 'take it off {field}',
  },
  {
    prefix: 'suffix-added',
    cause: 'The service puts something after {field}{quoted}.',
    change: 'take it off {field}',
  },
  {
    prefix: 'html-escaped',
    cause: 'The service escapes {field} for HTML once more.',
    change: 'leave {field} as it is stored',
  },
  {
    prefix: 'html-unescaped',
    cause: 'The service takes HTML escapes out of {field} that legacy stores.',
    change: 'leave {field} as it is stored',
  },
  {
    prefix: 'encoding',
    cause: 'The service reads {field} in the wrong character encoding (UTF-8 against Latin-1).',
    change: 'read {field} in the encoding that it is stored in',
  },
  {
    prefix: 'unicode-form',
    cause: 'The same characters of {field} in another Unicode form (composed against decomposed).',
    change: 'keep {field} in the form that legacy stores',
  },
  {
    prefix: 'accents-lost',
    cause: 'The service takes the accents off {field}.',
    change: 'keep the accents of {field}',
  },
  {
    prefix: 'punctuation',
    cause: 'The same {field} with other punctuation: it is formatted or normalised on one of the arms.',
    change: 'keep {field} as legacy writes it',
  },
  {
    prefix: 'words-reordered',
    cause: 'The same words of {field} in another order, such as the family name first.',
    change: 'put the parts of {field} together as legacy does',
  },
  {
    prefix: 'emptied',
    cause: "The service's {field} is empty: the value was not carried over.",
    change: 'carry {field} over',
  },
  {
    prefix: 'filled',
    cause: 'The service has a value for {field} where legacy has an empty one.',
    change: 'leave {field} empty',
  },
]

/** Of what one arm does not give, or gives as something else. */
export const kindExplanations: readonly Explanation[] = [
  {
    prefix: 'null-for-empty',
    cause: 'The service gives null for {field} where legacy gives an empty value (null against empty).',
    change: 'give an empty {field} for null',
  },
  {
    prefix: 'null-for-value',
    cause: 'The service gives null for {field} where legacy has a value: it was not carried over.',
    change: 'carry {field} over',
  },
  {
    prefix: 'empty-for-null',
    cause: 'The service gives an empty {field} where legacy gives null (null against empty).',
    change: 'give null for an empty {field}',
  },
  {
    prefix: 'value-for-null',
    cause: 'The service has a value for {field} where legacy gives null: a default, or data that legacy lost.',
    change: 'give null for {field}',
  },
  {
    prefix: 'wrapped-in-list',
    cause: 'The service gives {field} as a list of one.',
    change: 'take {field} out of its list',
  },
  {
    prefix: 'taken-out-of-list',
    cause: 'The service gives the only item of {field} without its list.',
    change: 'keep {field} a list',
  },
  {
    prefix: 'null-left-out',
    cause: 'The service leaves {field} out where legacy gives null (null against missing).',
    change: 'give null for a missing {field}',
  },
  {
    prefix: 'empty-left-out',
    cause: 'The service leaves {field} out where legacy gives an empty value (empty against missing).',
    change: 'give an empty {field} instead of none',
  },
  {
    prefix: 'left-out',
    cause: "The service's answer lacks {field} (missing field): it is not mapped, or not carried over.",
    change: 'map {field}',
  },
  {
    prefix: 'null-added',
    cause: 'The service gives null for {field}, which legacy leaves out (null against missing).',
    change: 'leave {field} out when it is null',
  },
  {
    prefix: 'empty-added',
    cause: 'The service gives an empty {field}, which legacy leaves out (empty against missing).',
    change: 'leave {field} out when it is empty',
  },
  {
    prefix: 'added',
    cause: "The service's answer has {field}, which legacy's has not (extra field).",
    change: 'leave {field} out',
  },
  {
    prefix: 'reversed',
    cause: 'The service gives the items of {field} in the reverse order: it sorts the other way round.',
    change: 'sort {field} as legacy does',
  },
  {
    prefix: 'other-order',
    cause: 'The same items of {field} in another order: they are sorted by something else, or not at all.',
    change: 'sort {field} as legacy does',
  },
  {
    prefix: 'fewer-items',
    cause: 'The service gives fewer items of {field}: some were not carried over, or a filter is stricter.',
    change: 'give all items of {field}',
  },
  {
    prefix: 'more-items',
    cause:
      'The service gives more items of {field}: a filter is missing, or items that legacy removed are still there.',
    change: 'filter {field} as legacy does',
  },
]
