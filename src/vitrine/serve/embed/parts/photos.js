import { make } from "./cards.js";

const UPLOAD_PX = 1024;

/**
 * The visitor's photo upright, small, and without what a camera writes into it.
 *
 * A format that this browser cannot read goes to the server as it is, without a canvas to show.
 */
export async function prepared(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const share = Math.min(1, UPLOAD_PX / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * share));
    const height = Math.max(1, Math.round(bitmap.height * share));
    const canvas = make("canvas", { part: "preview", width, height, role: "img" });
    const brush = canvas.getContext("2d");
    brush.fillStyle = "white";
    brush.fillRect(0, 0, width, height);
    brush.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    const photo = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
    return { photo: photo ?? file, canvas };
  } catch {
    return { photo: file, canvas: null };
  }
}
