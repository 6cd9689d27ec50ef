/** An alias of nothing is found only when it is followed, so two places say so. */
export const unresolvedAlias = 'is an alias (*name) of an anchor (&name) that is not set above it'

/**
 * Our sentence for each fault of YAML. The parser's own messages quote the source, which may be a
 * secret, and so they are never shown.
 */
export const yamlFaults: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias (*name) cannot have an anchor or a tag of its own',
  BAD_ALIAS: unresolvedAlias,
  BAD_COLLECTION_TYPE: 'the tag does not fit what follows it; take the tag out',
  BAD_DIRECTIVE: 'a line beginning with % is not understood; take it out',
  BAD_DQ_ESCAPE: 'a backslash in double quotes is wrong; write \\\\ or use single quotes',
  BAD_INDENT: 'the indentation does not fit the lines around it, or a closing bracket is missing',
  BAD_PROP_ORDER: 'anchors and tags stand before the value, not in front of the dash or key',
  BAD_SCALAR_START: 'a value begins with a character that must be quoted',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping begins on a line that already holds one; start a new line',
  BLOCK_IN_FLOW: 'an indented block cannot stand inside { } or [ ]',
  DUPLICATE_KEY: 'is written twice; keep one of the two',
  KEY_OVER_1024_CHARS: 'a key may have at most 1024 characters',
  MISSING_CHAR: 'something is missing here: a colon, a comma, a quote or a closing bracket',
  MULTILINE_IMPLICIT_KEY: 'a key may not go over several lines; is a colon missing?',
  MULTIPLE_ANCHORS: 'a value has two anchors; keep one',
  MULTIPLE_DOCS: 'the file holds several documents (---); keep one',
  MULTIPLE_TAGS: 'a value has two tags; keep one',
  NON_STRING_KEY: 'a key must be plain text',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
  TAB_AS_INDENT: 'a tab cannot indent; use spaces',
  TAG_RESOLVE_FAILED: 'has a tag (!name) that means nothing here; take it out',
  UNEXPECTED_TOKEN: 'something here does not belong; is a quote, a comma or a bracket wrong?',
}

export const unreadable = 'is not understood as YAML here'
