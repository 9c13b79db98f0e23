// What makes pages livelier; every one of them works without it.
import { bringPhotos, welcomePhotos } from "./bring.js";
import { framePhoto } from "./crop.js";
import { followLinks } from "./live.js";
import { hearOpinions } from "./opinion.js";
import { scrollOn } from "./scroll.js";
import { bringSeveral } from "./several.js";
import { tellShop, watchCards } from "./seen.js";
import { tellWhere } from "./why.js";

document.documentElement.classList.add("live");

function prepare(root) {
  welcomePhotos(root);
  framePhoto(root);
  scrollOn(root);
  watchCards(root);
}

bringPhotos();
bringSeveral();
followLinks(prepare);
tellWhere();
hearOpinions();
tellShop();
prepare(document);
