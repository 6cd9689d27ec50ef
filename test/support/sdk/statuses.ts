const names: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  429: 'RateLimitError',
}

/** The classes of errors that the SDKs of OpenAI and Anthropic share. */
export function errorClassOf(status: number | null): string {
  if (status === null) return 'APIError'
  return names[status] ?? (status >= 500 ? 'InternalServerError' : 'APIError')
}
