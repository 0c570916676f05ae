with

practices as (

    select * from {{ ref('int_practices') }}

),

final as (

    select
        case_id,
        member_id,
        place_id,
        title,
        city_text as city,
        country_code,
        status,
        themes,
        sdgs,
        is_of_year,
        published_on,
        updated_on,
        source_file,
        source_line
    from practices

)

select * from final
