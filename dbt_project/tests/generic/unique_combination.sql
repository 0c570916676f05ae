{#- Several columns together name a row: yields the combinations that come more than once. -#}
{% test unique_combination(model, columns) %}

    select
        {{ columns | join(',\n        ') }},
        count(*) as copies
    from {{ model }}
    group by
        {{ columns | join(',\n        ') }}
    having count(*) > 1

{% endtest %}
