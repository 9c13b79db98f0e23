import { VitrinePhotoSearch } from "./photo-search.js";
import { VitrineSimilar } from "./similar.js";

const ELEMENTS = { "vitrine-similar": VitrineSimilar, "vitrine-photo-search": VitrinePhotoSearch };

for (const [name, element] of Object.entries(ELEMENTS)) {
  if (!customElements.get(name)) customElements.define(name, element);
}
