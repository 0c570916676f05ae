{#- The columns of both annex tables in print's order, and the form of their cells. -#}
{% macro annex_columns() -%}
    {% do return({
        'annex_activity': {
            'is_new': 'boolean',
            'news': 'integer',
            'publications': 'integer',
            'mentions': 'integer',
            'use_cases': 'integer',
            'c4gh_initiatives': 'integer',
        },
        'annex_engagement': {
            'is_new': 'boolean',
            'activated': 'boolean',
            'fee_paid': 'boolean',
            'board': 'boolean',
            'annual_meeting': 'boolean',
            'bilateral': 'integer',
            'pilot': 'text',
            'indicators': 'boolean',
            'capacity_building': 'integer',
            'wmd_organiser': 'boolean',
        },
    }) %}
{%- endmacro %}
