import { defineConfig } from 'vitepress'

const packages = [
  'data',
  'clean',
  'dedup',
  'tokenizer',
  'kernels',
  'tensor',
  'model',
  'optim',
  'train',
]

export default defineConfig({
  title: 'LLM from scratch',
  description:
    'Build a language model in TypeScript, from raw pages to weights other tools can run.',
  cleanUrls: true,
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/guide/install' },
      { text: 'Steps', link: '/steps/data' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'Install', link: '/guide/install' },
          { text: 'Compose a pipeline', link: '/guide/pipeline' },
          { text: 'Train', link: '/guide/train' },
          { text: 'Reproduce', link: '/guide/reproduce' },
        ],
      },
      {
        text: 'The four steps',
        items: [
          { text: '1. Data', link: '/steps/data' },
          { text: '2. Tokens and embeddings', link: '/steps/tokens' },
          { text: '3. Architecture', link: '/steps/architecture' },
          { text: '4. Training', link: '/steps/training' },
        ],
      },
      {
        text: 'API',
        items: packages.map((name) => ({ text: `@llm/${name}`, link: `/api/@llm/${name}/` })),
      },
    ],
  },
})
