export const MASK = '[redacted]'

/**
 * Issuers that mark their keys: Groq, xAI, Perplexity, Hugging Face, Replicate, NVIDIA, GitHub, …
 */
const marks = 'gsk|xai|pplx|hf|r8|nvapi|fw|tgp|gh[opsur]|github_pat|glpat|xox[abeprs]'

/** Fast refusal of text that can hold none of the shapes; nearly every string ends here. */
const suspicious = new RegExp(
  `(?:sk|rk|pk|wb)-|(?:${marks})[-_]|AIza|A[KS]IA|eyJ|://|PRIVATE|key|token|secret|passw|` +
    'credential|signature|bearer|basic|authorization|cookie',
  'i',
)

/** Names that stand before a secret: headers, JSON fields, query parameters, settings. */
const names =
  'api[-_]?key|access[-_]?key(?:[-_]?id)?|(?<![A-Za-z0-9])key|token|secret|password|passwd|' +
  'credential|signature'

/**
 * What credentials look like, whoever issued them; `$1` is what may stay, so that a reader sees
 * what was there. None can be made slow by a hostile string: no repetition overlaps with what
 * follows it, or it is bounded.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  // OpenAI, Anthropic and many who followed them; the keys of our own clients.
  [/(?<![A-Za-z])(?:sk|rk|pk|wb)-[\w-]{6,}/g, MASK],
  [new RegExp(`(?<![A-Za-z0-9])(?:${marks})[-_][\\w-]{12,}`, 'g'), MASK],
  [/AIza[\w-]{16,}/g, MASK], // Google
  [/(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{12,}/g, MASK], // AWS access key id
  [/(?<![A-Za-z0-9])eyJ[\w-]{5,500}\.[\w-]+(?:\.[\w-]+)?/g, MASK], // JSON web token
  [/-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:[^-]|-(?!----))*/g, MASK],
  [/(?<![A-Za-z0-9])((?:authorization|cookie)\\?["']?\s*[:=]\s*)[^\r\n"']+/gi, `$1${MASK}`],
  [/(?<![A-Za-z0-9])(bearer|basic)(?:\s|%20|\+)+[^\s"',;&<>\\]+/gi, `$1 ${MASK}`],
  [
    new RegExp(`((?:${names})\\\\?["']?(?:\\s*[:=]\\s*|%3D)\\\\?["']?)[^\\s"'\\\\,;&<>]+`, 'gi'),
    `$1${MASK}`,
  ],
  [/(:\/\/)[^\s/@"'<>]+@/g, `$1${MASK}@`], // user and password in an address
]

/** The text without anything shaped like a credential. */
export function maskShapes(text: string): string {
  if (!suspicious.test(text)) return text
  return shapes.reduce((masked, [shape, mask]) => masked.replace(shape, mask), text)
}

const secretNames = /^(?:.*authorization|.*cookie|.*api[-_]?keys?|key|token|secret|password)$/i

/** Whether a field of this name holds a secret, whatever its value looks like. */
export const namesSecret = (name: string): boolean => secretNames.test(name)
