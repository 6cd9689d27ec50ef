import type { KnownProvider } from './known-provider.ts'

export const bedrock: KnownProvider = {
  id: 'bedrock',
  name: 'Amazon Bedrock',
  otherNames: ['amazon-bedrock', 'aws', 'aws-bedrock'],
  reach: { kind: 'sdk', sdk: '@ai-sdk/amazon-bedrock' },
  keys: [
    { variables: ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_REGION'] },
    {
      variables: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'],
      generalPurpose: true,
    },
  ],
  quirks: {},
  pricedAs: 'aws',
  firstParty: false,
  local: false,
}
