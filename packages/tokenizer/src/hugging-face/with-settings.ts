import type { Template, TokenModel } from '../model.js'
import { addedTokensJson, type FileSettings } from './format.js'
import type { Vocabulary } from './read-vocabulary.js'

/** A model with what its file holds beside it: added tokens, the template, and settings that are only kept. */
export function withSettings(
  model: TokenModel,
  { addedTokens }: Vocabulary,
  settings: FileSettings,
  template: Template | undefined,
): TokenModel {
  return {
    ...model,
    addedTokens,
    ...(template === undefined ? {} : { template }),
    toJSON: () => ({
      ...model.toJSON(),
      truncation: settings.truncation,
      padding: settings.padding,
      added_tokens: addedTokensJson(addedTokens),
      post_processor: settings.postProcessor,
    }),
  }
}
