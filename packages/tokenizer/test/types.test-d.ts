import type { Document, Stage } from '@llm/data'
import { expectTypeOf, test } from 'vitest'
import {
  bytesPerToken,
  encodeDocuments,
  loadTokenizer,
  type Tokenizer,
  type TrainingTexts,
  trainBpe,
} from '../src/index.js'

declare const tokenizer: Tokenizer

test('the face that other packages rely on', () => {
  expectTypeOf(tokenizer.encode('x')).toEqualTypeOf<Uint32Array>()
  expectTypeOf(tokenizer.decode).parameter(0).toEqualTypeOf<ArrayLike<number>>()
  expectTypeOf(tokenizer.kind).toEqualTypeOf<
    'bpe' | 'bytes' | 'characters' | 'unigram' | 'wordpiece' | 'words'
  >()
  expectTypeOf(bytesPerToken).returns.toEqualTypeOf<Uint32Array>()
  expectTypeOf(loadTokenizer).returns.toEqualTypeOf<Promise<Tokenizer>>()
  expectTypeOf(encodeDocuments(tokenizer)).toEqualTypeOf<Stage<Document, Uint32Array>>()
})

test('texts may come at once or later, alone or in documents', () => {
  expectTypeOf<Iterable<string> | AsyncIterable<string>>().toExtend<TrainingTexts>()
  expectTypeOf<Iterable<Document> | AsyncIterable<Document>>().toExtend<TrainingTexts>()
  expectTypeOf(trainBpe).parameter(0).toEqualTypeOf<TrainingTexts>()
  // @ts-expect-error vocabularySize must be given
  void trainBpe([], {})
})
