// Much arithmetic per document, little to copy.
export default ({ rounds }) =>
  async function* hash(documents) {
    for await (const document of documents) {
      let value = 0
      for (let round = 0; round < rounds; round++) {
        for (let i = 0; i < document.text.length; i++) {
          value = (Math.imul(value, 31) + document.text.charCodeAt(i) + round) | 0
        }
      }
      yield { ...document, metadata: { value } }
    }
  }
