from databento import Publisher

from ticktape.tape.publishers import DATASET_OF_PUBLISHER


def test_every_publisher_has_the_vendors_dataset():
    assert {one.to_int(): str(one.dataset) for one in Publisher} == DATASET_OF_PUBLISHER
