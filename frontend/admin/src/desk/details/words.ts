import { inLanguage } from "../../ui/language";

const en = {
  show: "Customer details",
  title: "Customer",
  hide: "Hide customer details",
  showOrHide: "Show or hide customer details",
};

export const words = inLanguage({ en });
