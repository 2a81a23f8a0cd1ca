/** Header names (lower case) whose whole value is a secret. Cookies and `authorization` have rules of their own. */
const secretHeader =
  /token|secret|passw|session|credential|csrf|xsrf|signature|assertion|cookie|authori[sz]ation|authentication$|^x-auth|client-?cert|ssl-cert|^x-amz-security|(?:api|access|private|client|subscription|shared|signing|master|auth|licen[cs]e|functions?)-?key/

/** Names that end a sensitive field, without case, underscores and the like. */
const secretNames: ReadonlySet<string> = new Set(
  `auth authorization bearer card cardno cardnumber cc ccnumber ccnum creditcard csc cvc cvc2 cvv cvv2 cookie debitcard
  hmac iban otp pan pass passcode passphrase pin pw pwd sid ssn socialsecuritynumber session sessionid sessid shopsessid signature sig
  taxid totp accountnumber bankaccount routingnumber privatekey jwt code2fa mfacode securitycode
  authcode backupcode codeverifier logincode oauthverifier onetimecode recoverycode verificationcode`.split(/\s+/),
)

const secretPart =
  /passw|passphrase|secret|token|(?:account|activation|api|access|auth|encryption|licen[cs]e|master|private|session|shared|signing|subscription|webhook)key|credential|authorization|assertion|cardnum|creditcard|cvv|csrf|xsrf|samlresponse|securitycode|signature|socialsecurity/
/** Whole words at the end of a longer name: `PHPSESSID`, `new_pass2`, `card_cvc`. */
const secretEnd =
  /(?:sessid|sessionid|usersession|jwt|otp|pwd|ssn|cvc|(?:^|admin|confirm|current|db|ftp|login|mail|my|new|old|repeat|root|smtp|user)pass|(?:atm|card|new|old|user)pin)\d?$/

/** The same few names come with every exchange; names made up by a client must not fill the memory. */
const maxKnownNames = 5000
const known = new Map<string, boolean>()

/** Whether the value of a field (JSON key, form field, query parameter, cookie) of this name is a secret. */
export function isSecretName(name: string): boolean {
  const before = known.get(name)
  if (before !== undefined) return before
  const plain = plainName(name)
  const secret = secretNames.has(plain) || secretPart.test(plain) || secretEnd.test(plain)
  if (known.size < maxKnownNames && name.length < 100) known.set(name, secret)
  return secret
}

/** A name without case, hyphens, underscores and the like. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Whether the whole value of a header is a secret: by what its name holds, or by its last word, as in `x-otp`. */
export function isSecretHeader(lowerName: string): boolean {
  return secretHeader.test(lowerName) || secretNames.has(lowerName.slice(lowerName.lastIndexOf('-') + 1))
}
